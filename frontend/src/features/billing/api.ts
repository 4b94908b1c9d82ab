import { api } from '../../shared/api/baseApi';
import { billingApi } from '../../shared/api/gen/billing.gen';

// Whatever changes the bill changes what may be done, and how many may be invited.
export const {
  useBillingGetQuery, useBillingPlansQuery, useBillingSeatsQuery, useBillingInvoicesQuery, useBillingQuartersQuery, useBillingPreviewMutation, useBillingChangeMutation,
  useBillingCheckoutMutation, useBillingCancelMutation, useBillingResumeMutation, useBillingPortalMutation, useBillingPayMutation, useBillingRefreshMutation,
} = billingApi;

/** Forgets what is known of the bill, after a purchase on another page. */
export const forgetBill = () => api.util.invalidateTags(['billing'] as never);
