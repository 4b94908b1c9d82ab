import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import OutlinedInput from '@mui/material/OutlinedInput';
import Typography from '@mui/material/Typography';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { OperationCard } from './components/OperationCard';
import { groupsOf, type Document } from './model';
import { useT } from './locales/en';

const address = '/api/v1/openapi.json';

/** Every operation, read from the document that the program publishes about itself. */
export function Docs() {
  const t = useT();
  const [doc, setDoc] = useState<Document | null>(null);
  const [failed, setFailed] = useState(false);
  const [q, setQ] = useState('');
  const wanted = useDeferredValue(q);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(location.hash ? [decodeURIComponent(location.hash.slice(1))] : []));
  useEffect(() => {
    const gone = new AbortController();
    fetch(address, { signal: gone.signal })
      .then(async (r) => {
        if (!r.ok) throw new Error(String(r.status));
        setDoc((await r.json()) as Document);
      })
      .catch(() => {
        if (!gone.signal.aborted) setFailed(true);
      });
    return () => gone.abort();
  }, []);
  const groups = useMemo(() => (doc ? groupsOf(doc, wanted) : []), [doc, wanted]);
  const ready = doc !== null;
  useEffect(() => {
    if (ready && location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }, [ready]);
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) {
      next.add(id);
      history.replaceState(null, '', `#${encodeURIComponent(id)}`);
    }
    setOpen(next);
  };
  const count = groups.reduce((n, g) => n + g.operations.length, 0);
  return (
    <Box sx={{ maxWidth: 1200, mx: 'auto', px: { xs: 4, md: 6 }, py: 6 }}>
      <Box component="a" href="#operations" sx={{ position: 'fixed', left: 8, top: -80, zIndex: 20, bgcolor: 'background.paper', color: 'primary.main', p: 3, borderRadius: 1, '&:focus': { top: 8 } }}>{t('skip')}</Box>
      <Box component="header" sx={{ mb: 5 }}>
        <Typography variant="h1">{t('title')}</Typography>
        <Typography sx={{ color: 'text.secondary', maxWidth: '72ch' }}>{t('intro')}</Typography>
        <Box component="a" href={address} sx={{ display: 'inline-block', py: 1, color: 'primary.main' }}>{t('document')}</Box>
      </Box>
      <Box sx={{ display: 'grid', columnGap: 8, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '180px minmax(0, 1fr)' } }}>
        <Box component="nav" aria-label={t('groups')} sx={{ display: { xs: 'none', md: 'block' } }}>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, position: 'sticky', top: 24 }}>
            {groups.map((g) => (
              <li key={g.tag}>
                <Box component="a" href={`#tag-${g.tag}`} sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center', minHeight: 32, px: 2, borderRadius: 1, color: 'text.primary', textDecoration: 'none', '&:hover': { bgcolor: 'action.hover' } }}>
                  {g.tag} <Box component="span" sx={{ color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{g.operations.length}</Box>
                </Box>
              </li>
            ))}
          </Box>
        </Box>
        <Box component="main" id="operations" tabIndex={-1} sx={{ minWidth: 0, minHeight: '80dvh', '&:focus': { outline: 'none' } }} aria-busy={!doc && !failed}>
          <OutlinedInput size="small" fullWidth type="search" value={q} onChange={(e) => setQ(e.target.value)} placeholder={t('search')} inputProps={{ 'aria-label': t('search') }} />
          <Typography role="status" variant="body2" sx={{ color: 'text.secondary', my: 2, minHeight: 18 }}>
            {failed ? '' : !doc ? t('loading') : count > 0 ? t('found', { count }) : t('none', { q: wanted })}
          </Typography>
          {failed && <Box role="alert">{t('failed')} <Button onClick={() => location.reload()}>{t('retry')}</Button></Box>}
          {doc && groups.map((g) => (
            <Box component="section" key={g.tag} id={`tag-${g.tag}`} aria-label={g.tag} sx={{ mb: 6, border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', overflow: 'clip', scrollMarginTop: 16 }}>
              <Typography variant="h2" sx={{ px: 4, py: 3, textTransform: 'capitalize' }}>{g.tag}</Typography>
              <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
                {g.operations.map((o) => <OperationCard key={o.operationId} doc={doc} operation={o} open={open.has(o.operationId)} onToggle={() => toggle(o.operationId)} />)}
              </Box>
            </Box>
          ))}
        </Box>
      </Box>
    </Box>
  );
}
