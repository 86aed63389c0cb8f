export function thisOf(): string;
export function undeclared(): number;
