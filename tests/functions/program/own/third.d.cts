declare function third(x: number): number;
export = third;
