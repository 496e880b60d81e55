"""How well speech to text hears people: words, names, marks, noises and the time that it takes."""
