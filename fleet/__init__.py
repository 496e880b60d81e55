"""What bots and GPU boxes do as a fleet, over the Gateway: sensors, notices, jobs, memory."""
