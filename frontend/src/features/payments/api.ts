export * from '../../shared/api/gen/online-payments.gen';
