// Package xpath evaluates the part of XPath 2.0 that the rules of EN 16931 are
// written in, over xmltree. Numbers are exact decimals, never binary floating
// point. What is outside of that part is refused when it is compiled.
package xpath
