"""What is true: the models and the rules about them. Knows no request, no screen and no wire."""
