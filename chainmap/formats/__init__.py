"""How dates are written, one package a language; without one, as Django writes them there."""
