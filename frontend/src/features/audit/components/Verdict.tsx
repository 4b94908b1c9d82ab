import Alert from '@mui/material/Alert';
import type { AuditVerdict } from '../../../shared/api/gen/audit.gen';
import { useT } from '../locales/en';

export function Verdict({ verdict, onClose }: { verdict: AuditVerdict; onClose: () => void }) {
  const t = useT();
  return (
    <Alert severity={verdict.intact ? 'success' : 'error'} role={verdict.intact ? 'status' : 'alert'} sx={{ mb: 3 }} onClose={onClose}>
      {verdict.intact ? t('intact', { count: verdict.entries }) : t('broken', { seq: verdict.first_bad })}
    </Alert>
  );
}
