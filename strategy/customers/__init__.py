"""From a client's transactions or contracts to what each customer is worth, and how far that can be trusted."""
