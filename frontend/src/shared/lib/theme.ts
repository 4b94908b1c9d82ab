import { createTheme, type Theme } from '@mui/material/styles';
import { readable } from './colour';

export type Brand = { colour?: string };

export const defaultBrand = '#2855d9';
const font = "'Inter Variable', 'Inter Stand-in', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const coarse = '@media (pointer: coarse)';

/**
 * One theme per agency. Light and dark both live in CSS variables, so
 * switching renders nothing again. The agency's colour is moved in lightness
 * until text in it, and on it, can be read.
 */
export function agencyTheme(brand: Brand = {}): Theme {
  const colour = /^#[0-9a-f]{6}$/i.test(brand.colour ?? '') ? (brand.colour as string) : defaultBrand;
  const bright = readable(colour.toLowerCase() === defaultBrand ? '#8fabff' : colour, ['#171c24', '#0f1319', '#3c4047'], 'light');
  return createTheme({
    cssVariables: { colorSchemeSelector: 'data-scheme', nativeColor: true },
    colorSchemes: {
      light: {
        palette: {
          primary: { main: readable(colour, ['#ffffff', '#f7f8fa', '#eef0f4'], 'dark'), contrastText: '#ffffff' },
          success: { main: '#0b7a5c' },
          warning: { main: '#9a4707' },
          error: { main: '#c22f2f' },
          info: { main: '#2855d9' },
          background: { default: '#f7f8fa', paper: '#ffffff' },
          text: { primary: '#161b24', secondary: '#566070' },
          divider: '#e4e7ec',
        },
      },
      dark: {
        palette: {
          // Under the pointer a button turns to `dark`: here it must grow lighter, for its text is dark.
          primary: { main: bright, dark: `color-mix(in srgb, ${bright} 82%, white)`, contrastText: '#0f1319' },
          success: { main: '#4cc9a0', dark: '#6fd4b2' },
          warning: { main: '#f0b35a', dark: '#f3c17a' },
          error: { main: '#ff8a8a', dark: '#ffa3a3' },
          info: { main: '#8fabff', dark: '#a5bcff' },
          background: { default: '#0f1319', paper: '#171c24' },
          text: { primary: '#e8ebf0', secondary: '#a0a9b8' },
          divider: '#2a313d',
        },
      },
    },
    shape: { borderRadius: 8 },
    spacing: 4,
    typography: {
      fontFamily: font,
      fontSize: 14,
      h1: { fontSize: 24, lineHeight: '32px', fontWeight: 650, letterSpacing: '-0.01em' },
      h2: { fontSize: 18, lineHeight: '26px', fontWeight: 620 },
      h3: { fontSize: 15, lineHeight: '22px', fontWeight: 620 },
      h4: { fontSize: 26, lineHeight: '34px', fontWeight: 650, letterSpacing: '-0.01em' },
      body1: { fontSize: 14, lineHeight: '20px' },
      body2: { fontSize: 13, lineHeight: '18px' },
      caption: { fontSize: 12, lineHeight: '16px' },
      button: { textTransform: 'none', fontWeight: 560 },
    },
    transitions: { duration: { shortest: 90, shorter: 120, short: 150, standard: 180, complex: 180, enteringScreen: 160, leavingScreen: 120 } },
    components: {
      MuiButtonBase: { defaultProps: { disableRipple: true } },
      MuiButton: {
        defaultProps: { disableElevation: true },
        styleOverrides: { root: { minHeight: 36, whiteSpace: 'nowrap', [coarse]: { minHeight: 44 } }, sizeSmall: { minHeight: 30 } },
      },
      MuiIconButton: { styleOverrides: { root: { [coarse]: { minWidth: 44, minHeight: 44 } } } },
      MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
      MuiCard: { defaultProps: { variant: 'outlined' } },
      MuiAppBar: { defaultProps: { color: 'inherit' } },
      MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
      MuiFormControl: { defaultProps: { size: 'small' } },
      MuiSelect: { defaultProps: { size: 'small' } },
      MuiOutlinedInput: {
        styleOverrides: {
          root: { backgroundColor: 'var(--mui-palette-background-paper)', [coarse]: { fontSize: 16, minHeight: 44 } },
          // The gap in the edge is as wide as the label, whose letters stay small where those of the field grow.
          notchedOutline: { borderColor: 'color-mix(in srgb, var(--mui-palette-text-secondary) 55%, transparent)', [coarse]: { '& legend': { fontSize: '10.5px' } } },
        },
      },
      // Fields are higher under a finger; the label of an empty one stays in the middle.
      MuiInputLabel: { styleOverrides: { sizeSmall: { '&:not(.MuiInputLabel-shrink)': { [coarse]: { transform: 'translate(14px, 12px) scale(1)' } } } } },
      MuiMenuItem: { styleOverrides: { root: { fontSize: 14, minHeight: 36, [coarse]: { minHeight: 44 } } } },
      MuiTab: { styleOverrides: { root: { minHeight: 44, padding: '8px 12px', minWidth: 64 } } },
      MuiTabs: { styleOverrides: { root: { minHeight: 44 } } },
      MuiChip: { styleOverrides: { root: { fontWeight: 500 }, sizeSmall: { fontSize: 12 } } },
      MuiTooltip: { defaultProps: { enterDelay: 400, arrow: false } },
      MuiDialog: { styleOverrides: { paper: { border: '1px solid var(--mui-palette-divider)' } } },
      MuiDialogTitle: { defaultProps: { variant: 'h2', component: 'h2' } as never },
      MuiTableCell: { styleOverrides: { root: { fontSize: 13, padding: '8px 12px', borderColor: 'var(--mui-palette-divider)' }, head: { fontSize: 12, fontWeight: 600, color: 'var(--mui-palette-text-secondary)' } } },
      MuiAlert: {
        defaultProps: { variant: 'outlined' },
        // On a phone the button goes below what it answers, which keeps its width.
        styleOverrides: { root: { '@media (max-width:599.95px)': { flexWrap: 'wrap' } }, message: { flex: '1 1 180px' } },
      },
      MuiLink: { defaultProps: { underline: 'always' } },
      MuiCssBaseline: {
        styleOverrides: {
          // Browsers give these a font of their own, and not every component takes it back.
          'button,input,select,textarea': { fontFamily: 'inherit' },
          '.num': { fontVariantNumeric: 'tabular-nums', textAlign: 'end' },
          '.said': { overflowWrap: 'anywhere' },
          '.sr-only': { position: 'absolute', width: 1, height: 1, margin: -1, padding: 0, overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap', border: 0 },
          ':focus-visible': { outline: '2px solid var(--mui-palette-primary-main)', outlineOffset: 2 },
          '@media (prefers-reduced-motion: reduce)': {
            '*,*::before,*::after': { animationDuration: '.01ms !important', animationIterationCount: '1 !important', transitionDuration: '.01ms !important', scrollBehavior: 'auto !important' },
          },
        },
      },
    },
  });
}
