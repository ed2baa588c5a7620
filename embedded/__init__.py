"""The all-in-one local stack: real servers from wheels, the API and a worker, on the loopback interface only."""
