"""Between agents and the people in a call: what the bot asks them, and what they tell it."""
