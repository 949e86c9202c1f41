"""Settings, addresses and the entry point of the site."""

import os

# One thread for linear algebra, said before numpy is loaded: chains are small for BLAS, several workers share the
# cores, and threads that wait for each other burn them.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
