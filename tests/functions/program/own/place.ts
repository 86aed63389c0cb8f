/* An ES module; in CommonJS programs `place-cjs.ts` stands here. */
export const place = (): string => import.meta.url;
