/** The instrumentation scope of every span that Belay makes itself. */
export const tracerName = 'belay';
