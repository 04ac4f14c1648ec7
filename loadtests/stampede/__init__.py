"""All at once: a hundred thousand who join in ten seconds, and as many streams that are cut and come back.

    python -m loadtests.stampede joins [--visitors 100000] [--seconds 10]
    python -m loadtests.stampede streams [--visitors 100000] [--cut gateway]

A gateway with two workers, its Redis and the visitors run on this machine, on loopback, and share its processors.
"""
