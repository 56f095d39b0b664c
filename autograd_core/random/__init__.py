"""Random numbers on PyTorch's CPU stream: the same seed gives the same numbers, bit for bit.

Arrays in, arrays out; imports NumPy, and Numba once much has been drawn. `torch.random` is here under its own names;
the functions that draw take `generator=None`, the default generator, and those that end in _ fill an array.
"""

from .categories import multinomial
from .compiled import configure
from .counts import binomial, dirichlet, gamma, poisson
from .decays import cauchy, cauchy_, exponential, exponential_, geometric, geometric_
from .generator import Generator, default_generator, fork_rng, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from .integers import randint, random_, randperm
from .normals import log_normal, log_normal_, normal, normal_, randn
from .uniforms import bernoulli, bernoulli_, dropout_mask, rand, uniform, uniform_

__all__ = [
    "Generator",
    "bernoulli",
    "bernoulli_",
    "binomial",
    "cauchy",
    "cauchy_",
    "configure",
    "default_generator",
    "dirichlet",
    "dropout_mask",
    "exponential",
    "exponential_",
    "fork_rng",
    "gamma",
    "geometric",
    "geometric_",
    "get_rng_state",
    "initial_seed",
    "log_normal",
    "log_normal_",
    "manual_seed",
    "multinomial",
    "normal",
    "normal_",
    "poisson",
    "rand",
    "randint",
    "randn",
    "random_",
    "randperm",
    "seed",
    "set_rng_state",
    "uniform",
    "uniform_",
]
