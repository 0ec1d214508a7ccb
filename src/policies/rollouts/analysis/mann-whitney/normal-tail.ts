/**
 * The probability that a standard normal value is above `z`, far out in the tail too: a series near
 * the middle, a continued fraction beyond (Abramowitz and Stegun 1964, 26.2.11 and 26.2.14).
 */
export function upperNormalTail(z: number): number {
  if (z < 0) return 1 - upperNormalTail(-z);
  const density = Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
  return z < 2 ? 0.5 - density * centralSeries(z) : density / tailFraction(z);
}

function centralSeries(z: number): number {
  let [term, sum] = [z, z];
  for (let odd = 3; odd < 60; odd += 2) {
    term *= z ** 2 / odd;
    sum += term;
  }
  return sum;
}

function tailFraction(z: number): number {
  let fraction = z;
  for (let depth = 60; depth > 0; depth--) fraction = z + depth / fraction;
  return fraction;
}
