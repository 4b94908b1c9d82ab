import { registerLocale } from '../../shared/lib/i18n';
import { en } from './locales/en';

export const useT = registerLocale('settings', en);
