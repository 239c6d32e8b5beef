"""What happens each month: demand, conversations, routing, simulation. Numbers in, arrays out."""
