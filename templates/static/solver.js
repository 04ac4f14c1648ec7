// Finds the number that a challenge hides: a worker, so that the page stays alive. SHA-256 (FIPS 180-4) of one block is
// written out here because crypto.subtle is missing where a page did not come by HTTPS, and is many times slower for
// messages of this size.
"use strict";

const CHUNK = 20; // milliseconds of work between two messages

const primes = [];
for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
const K = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
const START = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));

const w = new Int32Array(64);
const h = new Int32Array(4);

// The first four words of the hash of the block that stands in w[0..15], into h.
function digest() {
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = START[0], b = START[1], c = START[2], d = START[3], e = START[4], f = START[5], g = START[6], j = START[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (j + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    j = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  h[0] = (START[0] + a) | 0; h[1] = (START[1] + b) | 0; h[2] = (START[2] + c) | 0; h[3] = (START[3] + d) | 0;
}

onmessage = ({ data: { salt, bits, target, first, step } }) => {
  const wanted = Int32Array.from(target.match(/.{8}/g), (word) => parseInt(word, 16) | 0);
  const text = `${salt}:`;
  const head = new Int32Array(16);
  for (let i = 0; i < text.length; i += 1) head[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));

  const fits = (number) => {
    w.set(head);
    const digits = String(number);
    let at = text.length;
    for (let i = 0; i < digits.length; i += 1, at += 1) w[at >> 2] |= digits.charCodeAt(i) << (24 - 8 * (at & 3));
    w[at >> 2] |= 0x80 << (24 - 8 * (at & 3));
    w[15] = at * 8;
    digest();
    return h[0] === wanted[0] && h[1] === wanted[1] && h[2] === wanted[2] && h[3] === wanted[3];
  };

  const end = 2 ** bits;
  for (let number = first, tried = 0, since = performance.now(); number < end; number += step) {
    if (fits(number)) return postMessage({ found: number });
    tried += 1;
    if (tried % 256 === 0 && performance.now() - since > CHUNK) {
      postMessage({ tried });
      tried = 0;
      since = performance.now();
    }
  }
};
postMessage({ ready: true });
