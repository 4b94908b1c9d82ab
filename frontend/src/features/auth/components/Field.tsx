import { useId, useState, type ComponentProps, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import FormHelperText from '@mui/material/FormHelperText';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import OutlinedInput from '@mui/material/OutlinedInput';
import VisibilityIcon from '@mui/icons-material/VisibilityOutlined';
import VisibilityOffIcon from '@mui/icons-material/VisibilityOffOutlined';
import { t } from '../text';

type Props = {
  label: string;
  message?: ReactNode;
  error?: boolean;
  hint?: ReactNode;
} & Omit<ComponentProps<typeof OutlinedInput>, 'label' | 'error'>;

/** A field with its label above it, where no browser's autofill can cover it. */
export function Field({ label, message, error = !!message, hint, type, endAdornment, ...rest }: Props) {
  const id = useId();
  const [visible, setVisible] = useState(false);
  const isPassword = type === 'password';
  const text = message ?? hint;
  return (
    <Box>
      <Box component="label" htmlFor={id} sx={{ display: 'block', mb: 1, fontSize: 13, lineHeight: '18px', fontWeight: 560 }}>
        {label}
      </Box>
      <OutlinedInput
        id={id}
        fullWidth
        size="small"
        error={error}
        type={isPassword && visible ? 'text' : type}
        aria-describedby={text ? `${id}-text` : undefined}
        endAdornment={
          isPassword ? (
            <InputAdornment position="end">
              <IconButton
                size="small"
                edge="end"
                aria-label={visible ? t('common.hide') : t('common.show')}
                aria-pressed={visible}
                onClick={() => setVisible(!visible)}
              >
                {visible ? <VisibilityOffIcon fontSize="small" /> : <VisibilityIcon fontSize="small" />}
              </IconButton>
            </InputAdornment>
          ) : (
            endAdornment
          )
        }
        {...rest}
      />
      {text && (
        <FormHelperText id={`${id}-text`} error={error} aria-live={error ? 'polite' : undefined} sx={{ mx: 0 }}>
          {text}
        </FormHelperText>
      )}
    </Box>
  );
}
