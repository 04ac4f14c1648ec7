"""What the document says around its tables."""

HEAD = """# Beside two plainer rooms

Written by `python -m loadtests.side_by_side`, from the figures in [benchmarks.json](benchmarks.json). What this
project promises and keeps is in [measurements.md](measurements.md); here it stands beside what one would write
otherwise.

- **waitroom**: the gateway of this project, one room, nothing else set.
- **sorted set**: the room as it is usually written with Redis. `ZADD` at the join, `ZRANK` a poll, a ticker that
  admits with `ZPOPMIN`; an event stream asks once a second. It knows nothing of who is still there.
- **AWS design**: the core calls of Virtual Waiting Room on AWS, whose makers retired it in November 2025, after its
  public source: one counter for the line, drawn behind a queue; one for who is served; a token for those below it;
  positions expire and are served again. It has no event streams.

The two were written for this comparison ([source](../loadtests/side_by_side/rooms)), and made leaner than they
usually are: bare ASGI on uvicorn with uvloop and httptools and no framework, `redis-py` with hiredis, commands in
one round trip where they can be. Of the AWS design a queue in the process stands for SQS, hashes in the same Redis
for its tables in DynamoDB, one HMAC token for three RSA ones; its inlet and its expiry, which run once a minute at
best, run every second. What API Gateway, Lambda, SQS and DynamoDB themselves cost, in time and money, is not in it.
In front of it stands CloudFront, which keeps the number that is served for up to five seconds: most polls then
never arrive. The same holds here for `/__waitroom/{room}/line` behind a CDN.
"""

HOW = """## How it was measured

Each round starts the three in turn, each on the same Redis, emptied: A B C, A B C. All figures are the median of
the rounds; in brackets the least and the most. "Processor time" is user and system time of the server's process, as
the kernel counts it, and that of Redis. It says more than throughput where a machine is shared: it does not depend
on who else has work to do, though caches do. What a room does by itself, its ticks, is included.

At the steady pace each request is due at its time, whatever became of others, and its latency counts from then.
Flat out, 32 connections send the next request as soon as they have an answer. One server process each. Commands are
those of `INFO commandstats`; "sent" are those that the server sent, "run" those within its scripts too.

Bytes for each who waits: how far `used_memory` rises from a line of a hundred to one of as many more as are named,
after real joins; of the AWS design's all but two counters would be in DynamoDB. An entry is the request with which
a visitor whose turn has come comes in. In the AWS design a join is two requests, whose costs, and latencies, are
added up.
"""

SALE = """## A sale in which three in ten leave

Two server processes each. Everybody joins while the room is shut and polls every two seconds. Three in ten leave
without a word: half of these before the opening, half at a random moment after it. A silent visitor counts as gone
after ten seconds where the room knows of that, and an unused turn is over after ten seconds in the AWS design (its
own default is a quarter of an hour; that of presence here, a minute).

A turn is wasted when it was called for somebody who had left. An overtake is a pair of visitors who stayed, of whom
the one who asked for a place after the other had one came in before the other was called.
"""

CARE = """The sorted set keeps the order of its servers' clocks, and SQS promises no order: on one machine, with one
clock and a queue in the process, neither shows. Heartbeats in a second sorted set would save the plain room most of its
wasted turns, for one more command a poll.
"""

STREAMS = """Here a mere step forward is told the more often the nearer the door is, and a change of the room at once;
the sorted set tells whoever's position has changed since it last asked.
"""
