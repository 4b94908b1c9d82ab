import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useEffect, useState, type ReactNode } from 'react';
import { isApiError, problemText, statusOf } from '../api/problem';
import { useCommon } from '../lib/i18n';

type EmptyProps = { title: string; text?: string; action?: ReactNode; icon?: ReactNode };

/** One line on what belongs here, and the one thing to do about it. */
export function EmptyState({ title, text, action, icon }: EmptyProps) {
  return (
    <Box sx={{ textAlign: 'center', py: 12, px: 4, display: 'flex', flexDirection: 'column', alignItems: 'center', gap: 2 }}>
      {icon && <Box aria-hidden sx={{ color: 'text.secondary', '& svg': { fontSize: 32 } }}>{icon}</Box>}
      <Typography component="p" variant="h3">{title}</Typography>
      {text && <Typography sx={{ color: 'text.secondary', maxWidth: '56ch' }}>{text}</Typography>}
      {action && <Box sx={{ mt: 2, display: 'flex', gap: 2, flexWrap: 'wrap', justifyContent: 'center' }}>{action}</Box>}
    </Box>
  );
}

/** A list whose filters let nothing through. */
export function NoResults({ onClear }: { onClear?: () => void }) {
  const t = useCommon();
  return <EmptyState title={t('state.noResults')} action={onClear && <Button variant="outlined" onClick={onClear}>{t('action.clearFilters')}</Button>} />;
}

/** What failed, what is safe, what to do now. */
export function ErrorState({ error, onRetry, title }: { error: unknown; onRetry?: () => void; title?: string }) {
  const t = useCommon();
  const status = statusOf(error);
  const id = isApiError(error) && error.kind === 'problem' ? error.problem.request_id : undefined;
  if (status === 403) return <EmptyState title={t('error.forbidden')} text={`${problemText(error)} ${t('error.forbiddenWho')}`} />;
  if (status === 404) {
    return <EmptyState title={t('error.notFound')} text={t('error.notFoundWhy')} action={<Button variant="outlined" href="/">{t('error.home')}</Button>} />;
  }
  return (
    <Box role="alert">
      <EmptyState
        title={title ?? t('error.title')}
        text={problemText(error)}
        action={
          <>
            {onRetry && <Button variant="outlined" onClick={onRetry}>{t('action.retry')}</Button>}
            {id && <Typography variant="caption" sx={{ color: 'text.secondary', flexBasis: '100%' }}>{t('error.id', { id })}</Typography>}
          </>
        }
      />
    </Box>
  );
}

/** Shows its children only after 150 ms: what loads faster than that should not blink. */
export function Late({ children }: { children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const h = setTimeout(() => setDue(true), 150);
    return () => clearTimeout(h);
  }, []);
  return <Box sx={{ visibility: due ? undefined : 'hidden' }}>{children}</Box>;
}

/** Loads what is in it, and shows it when what stands above has its height: nothing is pushed down under the reader's eyes. */
export function Held({ until, children }: { until: boolean; children: ReactNode }) {
  return <Box aria-busy={!until || undefined} sx={{ visibility: until ? undefined : 'hidden' }}>{children}</Box>;
}

type SkeletonProps = { label: string; rows?: number; rowHeight?: number };

/** Grey rows of the height that the real ones will have. */
export function SkeletonRows({ label, rows = 8, rowHeight = 40 }: SkeletonProps) {
  return (
    <Box role="status" aria-busy="true" aria-label={label}>
      <Late>
        {Array.from({ length: rows }, (_, i) => (
          <Box key={i} sx={{ height: rowHeight, display: 'flex', alignItems: 'center', gap: 4, px: 3, borderBottom: 1, borderColor: 'divider' }}>
            <Skeleton variant="text" sx={{ flex: 3 }} />
            <Skeleton variant="text" sx={{ flex: 2 }} />
            <Skeleton variant="text" sx={{ flex: 1 }} />
          </Box>
        ))}
      </Late>
    </Box>
  );
}

/** A form before it is there, of the height that it will have on phones and on desks. */
export function SkeletonForm({ phone, desk }: { phone: number; desk: number }) {
  const t = useCommon();
  return (
    <Box role="status" aria-busy="true" aria-label={t('state.loading')} sx={{ minHeight: { xs: phone, lg: desk } }}>
      <Late><Skeleton variant="rounded" sx={{ height: 320 }} /></Late>
    </Box>
  );
}

/** A page before its data is there: title, a line of actions, a block. */
export function SkeletonPage({ label }: { label?: string }) {
  const t = useCommon();
  return (
    <Box role="status" aria-busy="true" aria-label={label ?? t('state.loading')}>
      <Late>
        <Skeleton variant="text" sx={{ width: 240, height: 32, mb: 6 }} />
        <Skeleton variant="rounded" sx={{ height: 120, mb: 4 }} />
        <Skeleton variant="rounded" sx={{ height: 320 }} />
      </Late>
    </Box>
  );
}

/** A bordered surface with an optional heading: the one kind of card there is. */
export function Section({ title, action, children, pad = true }: { title?: string; action?: ReactNode; children: ReactNode; pad?: boolean }) {
  return (
    <Paper component="section" variant="outlined" aria-label={title} sx={{ mb: 4, minWidth: 0, overflow: 'clip' }}>
      {title && (
        <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 2, px: 4, minHeight: 48, py: 1, pb: pad ? 0 : 1, borderBottom: pad ? 0 : 1, borderColor: 'divider' }}>
          <Typography component="h2" variant="h3">{title}</Typography>
          {action}
        </Box>
      )}
      {/* A table has an edge of its own where it stands alone; here the section is its edge. */}
      <Box sx={pad ? { p: 4, pt: title ? 1 : 4 } : { '& > .MuiPaper-root': { border: 0 } }}>{children}</Box>
    </Paper>
  );
}
