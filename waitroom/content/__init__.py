"""What there is to read and to look at while one waits: news, questions and answers, a chat, products."""
