export type Option = { value: string; label: string; /** A second, quieter line. */ sub?: string; group?: string };
