"""What a model does with an input: which modules run, what they give, what that costs. Read by `nn.summary`."""
