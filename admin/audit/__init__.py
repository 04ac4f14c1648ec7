"""The audit log: every action and every refusal, with who, when, from where, what, before and after, and why."""
