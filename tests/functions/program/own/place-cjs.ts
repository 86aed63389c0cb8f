export const place = (): string => __filename;
