"""The modules of torch.nn, one file a family."""

from . import elsewhere as elsewhere  # after all others: it gives them PyTorch's other paths
from .activation import *
from .adaptive import *
from .attention import *
from .batchnorm import *
from .container import *
from .conv import *
from .distance import *
from .dropout import *
from .flatten import *
from .graph import *
from .lazy import *
from .lazy_conv import *
from .lazy_norm import *
from .linear import *
from .loss import *
from .loss_margin import *
from .loss_options import *
from .module import Module as Module
from .noise import *
from .normalization import *
from .padding import *
from .parallel import *
from .parameter_container import *
from .pooling import *
from .pooling_fractional import *
from .rearrange import *
from .rnn import *
from .sparse import *
from .transformer import *
from .upsampling import *
