"""The support desk: finds a shopper's place by its code, tells what became of it, and helps."""
