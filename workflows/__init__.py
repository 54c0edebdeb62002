"""The kit: machines, act(), events, deliveries, deadlines. Knows neither returnees nor users."""
