"""Tuning on many machines: hands the candidates of `tensorop-tune --ask-tell` to
workers of Dask.distributed. The search itself stays in tensorop-tune; here is what
brings candidates to machines and outcomes back (docs/distributed.md).
"""
