import { useEffect, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { en } from '../locales/en';
import { t } from '../text';

const text = en.landing;
const wide = { maxWidth: 1120, mx: 'auto', px: { xs: 4, sm: 6 } } as const;

/** What Bureau is, what it costs, and the two doors: start an agency, or find yours. */
export default function LandingPage() {
  useEffect(() => {
    document.title = `${t('common.product')} · ${text.hero}`;
  }, []);
  return (
    <Box sx={{ bgcolor: 'background.default', color: 'text.primary' }}>
      <Link href="#content" sx={{ position: 'absolute', left: -9999, '&:focus': { left: 8, top: 8, zIndex: 10, bgcolor: 'background.paper', p: 2 } }}>
        {text.skip}
      </Link>
      <Box component="header" sx={{ ...wide, display: 'flex', alignItems: 'center', gap: { xs: 1, sm: 3 }, height: 68 }}>
        <Logo />
        <Box component="nav" aria-label={text.nav.label} sx={{ ml: 'auto', display: 'flex', alignItems: 'center', gap: { xs: 0, sm: 2 } }}>
          <Button href="#plans" color="inherit" sx={{ display: { xs: 'none', sm: 'inline-flex' } }}>{text.nav.plans}</Button>
          <Button href="/find" color="inherit">{text.nav.find}</Button>
          <Button href="/sign-up" variant="contained" sx={{ display: { xs: 'none', sm: 'inline-flex' } }}>{text.nav.signUp}</Button>
        </Box>
      </Box>

      <Box component="main" id="content" tabIndex={-1} sx={{ outline: 'none' }}>
        <Box sx={{ ...wide, pt: { xs: 8, md: 16 }, pb: { xs: 12, md: 20 }, display: 'grid', gap: { xs: 12, md: 12 }, gridTemplateColumns: { xs: 'minmax(0,1fr)', md: 'minmax(0,1.05fr) minmax(0,1fr)' }, alignItems: 'center' }}>
          <Box>
            <Typography component="h1" sx={{ fontSize: { xs: 38, sm: 52 }, lineHeight: 1.08, fontWeight: 680, letterSpacing: '-0.03em', textWrap: 'balance' }}>
              {text.hero}
            </Typography>
            <Typography sx={{ mt: 5, fontSize: { xs: 17, sm: 19 }, lineHeight: 1.5, color: 'text.secondary', maxWidth: '52ch' }}>{text.heroText}</Typography>
            <Box sx={{ mt: 8, display: 'flex', flexWrap: 'wrap', gap: 3 }}>
              <Button href="/sign-up" variant="contained" size="large" sx={{ px: 6, minHeight: 48, fontSize: 16, width: { xs: '100%', sm: 'auto' } }}>{text.start}</Button>
              <Button href="/find" variant="outlined" size="large" sx={{ px: 6, minHeight: 48, fontSize: 16, width: { xs: '100%', sm: 'auto' } }}>{text.find}</Button>
            </Box>
            <Typography sx={{ mt: 3, fontSize: 13, color: 'text.secondary' }}>{text.startNote}</Typography>
          </Box>
          <Shots />
        </Box>

        <Section title={text.whyTitle}>
          <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: { xs: 6, sm: 8 }, gridTemplateColumns: { xs: 'minmax(0,1fr)', sm: 'repeat(2, minmax(0,1fr))', md: 'repeat(3, minmax(0,1fr))' } }}>
            {text.why.map((w, i) => (
              <Box component="li" key={w.title} sx={{ borderTop: 1, borderColor: 'divider', pt: 4 }}>
                <Typography component="span" aria-hidden sx={{ color: 'primary.main', fontSize: 13, fontWeight: 620, fontVariantNumeric: 'tabular-nums' }}>{`0${i + 1}`}</Typography>
                <Typography component="h3" sx={{ mt: 1, fontSize: 18, lineHeight: '26px', fontWeight: 620 }}>{w.title}</Typography>
                <Typography sx={{ mt: 1, fontSize: 15, lineHeight: '23px', color: 'text.secondary' }}>{w.text}</Typography>
              </Box>
            ))}
          </Box>
        </Section>

        <Section id="plans" title={text.plansTitle} text={text.plansText} tinted>
          <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0,1fr)', md: 'repeat(3, minmax(0,1fr))' } }}>
            {text.plans.map((p, i) => (
              <Box
                component="article"
                key={p.name}
                aria-labelledby={`plan-${i}`}
                sx={{ position: 'relative', display: 'flex', flexDirection: 'column', p: { xs: 5, sm: 7 }, borderRadius: 1.5, border: i === 1 ? 2 : 1, borderColor: i === 1 ? 'primary.main' : 'divider', bgcolor: 'background.paper' }}
              >
                <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, minHeight: 26 }}>
                  <Typography component="h3" id={`plan-${i}`} sx={{ fontSize: 18, fontWeight: 620 }}>{p.name}</Typography>
                  {i === 1 && <Box component="span" sx={{ ml: 'auto', px: 2, py: 0.5, borderRadius: 99, fontSize: 12, fontWeight: 600, bgcolor: 'primary.main', color: 'primary.contrastText' }}>{text.popular}</Box>}
                </Box>
                <Typography sx={{ mt: 3, display: 'flex', alignItems: 'baseline', gap: 2 }}>
                  <Box component="span" sx={{ fontSize: 40, lineHeight: '44px', fontWeight: 680, letterSpacing: '-0.02em', fontVariantNumeric: 'tabular-nums' }}>{p.price}</Box>
                  <Box component="span" sx={{ fontSize: 13, color: 'text.secondary' }}>{text.perSeat}</Box>
                </Typography>
                <Typography sx={{ mt: 2, fontSize: 15, color: 'text.secondary' }}>{p.note}</Typography>
                <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 5, mb: 7, p: 0, display: 'grid', gap: 2.5 }}>
                  {p.points.map((point) => (
                    <Box component="li" key={point} sx={{ display: 'flex', gap: 2.5, fontSize: 15, lineHeight: '22px' }}>
                      <Tick />
                      {point}
                    </Box>
                  ))}
                </Box>
                <Button href="/sign-up" variant={i === 1 ? 'contained' : 'outlined'} size="large" sx={{ mt: 'auto' }}>{t('landing.choose', { plan: p.name })}</Button>
              </Box>
            ))}
          </Box>
        </Section>

        <Box sx={{ ...wide, py: { xs: 14, md: 22 }, textAlign: 'center' }}>
          <Typography component="h2" sx={{ fontSize: { xs: 28, sm: 36 }, lineHeight: 1.15, fontWeight: 660, letterSpacing: '-0.02em', textWrap: 'balance' }}>{text.lastTitle}</Typography>
          <Button href="/sign-up" variant="contained" size="large" sx={{ mt: 7, px: 6, minHeight: 48, fontSize: 16 }}>{text.start}</Button>
        </Box>
      </Box>

      <Box component="footer" sx={{ borderTop: 1, borderColor: 'divider' }}>
        <Box sx={{ ...wide, py: 6, display: 'flex', flexWrap: 'wrap', gap: 3, justifyContent: 'space-between', fontSize: 13, color: 'text.secondary', pb: 'calc(24px + env(safe-area-inset-bottom))' }}>
          <span>{text.footer}</span>
          <Link href="/find" sx={{ color: 'inherit' }}>{text.find}</Link>
        </Box>
      </Box>
    </Box>
  );
}

function Section({ id, title, text: sub, tinted = false, children }: { id?: string; title: string; text?: string; tinted?: boolean; children: ReactNode }) {
  return (
    <Box component="section" id={id} sx={{ bgcolor: tinted ? 'action.hover' : undefined, borderBlock: tinted ? 1 : 0, borderColor: 'divider', scrollMarginTop: 16 }}>
      <Box sx={{ ...wide, py: { xs: 12, md: 18 } }}>
        <Typography component="h2" sx={{ fontSize: { xs: 26, sm: 32 }, lineHeight: 1.2, fontWeight: 660, letterSpacing: '-0.02em', textWrap: 'balance' }}>{title}</Typography>
        {sub && <Typography sx={{ mt: 2, fontSize: 16, color: 'text.secondary' }}>{sub}</Typography>}
        <Box sx={{ mt: { xs: 8, md: 10 } }}>{children}</Box>
      </Box>
    </Box>
  );
}

function Logo() {
  return (
    <Box component="a" href="/" sx={{ display: 'flex', alignItems: 'center', gap: 2.5, color: 'text.primary', textDecoration: 'none' }}>
      <Box component="img" src="/icon.svg" alt="" sx={{ width: 28, height: 28 }} />
      <Box component="span" sx={{ fontSize: 19, fontWeight: 680, letterSpacing: '-0.01em' }}>{t('common.product')}</Box>
    </Box>
  );
}

function Tick() {
  return (
    <Box component="svg" aria-hidden viewBox="0 0 20 20" sx={{ width: 18, height: 18, mt: '2px', flex: 'none', color: 'success.main' }}>
      <path d="M4 10.5l4 4 8-9" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
    </Box>
  );
}

const card = { bgcolor: 'background.paper', border: 1, borderColor: 'divider', borderRadius: 1.5, p: 5, boxShadow: '0 12px 40px rgb(22 27 36 / 0.08)' } as const;
const days = [0.55, 0.82, 1, 0.7, 0.9, 0, 0] as const;

/** The product in three cards, drawn rather than photographed: sharp on every screen, and dark when the screen is. */
function Shots() {
  const s = text.shots;
  return (
    <Box role="img" aria-label={text.picture} sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'repeat(6, minmax(0,1fr))', fontVariantNumeric: 'tabular-nums' }}>
      <Box sx={{ ...card, gridColumn: '1 / 6', display: 'flex', alignItems: 'center', gap: 4 }}>
        <Box sx={{ width: 40, height: 40, borderRadius: '50%', bgcolor: 'error.main', display: 'grid', placeItems: 'center', flex: 'none' }}>
          <Box sx={{ width: 12, height: 12, borderRadius: 0.5, bgcolor: 'background.paper' }} />
        </Box>
        <Box sx={{ minWidth: 0 }}>
          <Box sx={{ fontSize: 15, fontWeight: 600 }}>{s.timerTask}</Box>
          <Box sx={{ fontSize: 13, color: 'text.secondary' }}>{s.timerWho}</Box>
        </Box>
        <Box sx={{ ml: 'auto', fontSize: { xs: 20, sm: 24 }, fontWeight: 650 }}>1:42:08</Box>
      </Box>
      <Box sx={{ ...card, gridColumn: '1 / 4' }}>
        <Box sx={{ fontSize: 13, color: 'text.secondary' }}>{s.week}</Box>
        <Box sx={{ fontSize: 24, fontWeight: 650, mt: 1 }}>{s.hours}</Box>
        <Box sx={{ mt: 4, display: 'flex', alignItems: 'flex-end', gap: '6px', height: 64 }}>
          {days.map((h, i) => (
            <Box key={i} sx={{ flex: 1, height: `${Math.max(h, 0.06) * 100}%`, borderRadius: 1, bgcolor: h ? 'primary.main' : 'divider', opacity: h ? 0.55 + h * 0.45 : 1 }} />
          ))}
        </Box>
      </Box>
      <Box sx={{ ...card, gridColumn: '4 / 7' }}>
        <Box sx={{ fontSize: 13, color: 'text.secondary' }}>{s.budget}</Box>
        <Box sx={{ fontSize: 24, fontWeight: 650, mt: 1 }}>71 %</Box>
        <Box sx={{ mt: 4, height: 10, borderRadius: 99, bgcolor: 'divider', overflow: 'hidden' }}>
          <Box sx={{ width: '71%', height: '100%', bgcolor: 'success.main' }} />
        </Box>
        <Box sx={{ mt: 3, fontSize: 13, color: 'text.secondary' }}>{s.budgetUsed}</Box>
      </Box>
      <Box sx={{ ...card, gridColumn: '2 / 7' }}>
        <Box sx={{ display: 'flex', alignItems: 'center', mb: 4 }}>
          <Box sx={{ fontSize: 15, fontWeight: 600 }}>{s.invoice}</Box>
          <Box sx={{ ml: 'auto', px: 2.5, py: 0.5, borderRadius: 99, fontSize: 12, fontWeight: 600, color: 'success.main', border: 1, borderColor: 'success.main' }}>{s.invoiceState}</Box>
        </Box>
        <Line left={s.invoiceLine1} right="$2,880.00" />
        <Line left={s.invoiceLine2} right="$5,760.00" />
        <Box sx={{ borderTop: 1, borderColor: 'divider', mt: 3, pt: 3, fontSize: 20, fontWeight: 650, textAlign: 'end' }}>{s.invoiceSum}</Box>
      </Box>
    </Box>
  );
}

function Line({ left, right }: { left: string; right: string }) {
  return (
    <Box sx={{ display: 'flex', justifyContent: 'space-between', fontSize: 14, py: 1 }}>
      <Box sx={{ color: 'text.secondary' }}>{left}</Box>
      <Box>{right}</Box>
    </Box>
  );
}
