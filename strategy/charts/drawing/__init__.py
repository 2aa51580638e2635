"""What every chart is made of."""
