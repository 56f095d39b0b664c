"""Connectionist temporal classification. Imports op and kernels."""
