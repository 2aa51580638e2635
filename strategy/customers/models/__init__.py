"""Laws of buying, spending and staying, fitted by maximum likelihood and held to what happened."""
