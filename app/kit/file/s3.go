package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// S3 keeps files in a bucket of any server that speaks S3.
type S3 struct {
	client  *s3.Client
	presign *s3.PresignClient
	bucket  string
}

// S3Config says which bucket.
type S3Config struct {
	Endpoint string // empty for AWS itself
	// PublicEndpoint is how browsers reach the server when that differs from Endpoint.
	PublicEndpoint string
	Region         string
	Bucket         string
	AccessKey      string
	SecretKey      string
	// PathStyle puts the bucket into the path; most servers other than AWS want it.
	PathStyle bool
	Timeout   time.Duration // of one request; 0 is 30 s
}

// NewS3 checks the configuration; it does not call the server.
func NewS3(c S3Config) (*S3, error) {
	if c.Bucket == "" || c.AccessKey == "" || c.SecretKey == "" {
		return nil, errors.New("S3 needs a bucket, an access key and a secret key")
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	for _, e := range []string{c.Endpoint, c.PublicEndpoint} {
		if u, err := url.Parse(e); err != nil || (e != "" && (u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"))) {
			return nil, fmt.Errorf("the S3 endpoint %q must look like https://s3.example.com", e)
		}
	}
	client := func(endpoint string) *s3.Client {
		o := s3.Options{
			Region:       c.Region,
			Credentials:  credentials.NewStaticCredentialsProvider(c.AccessKey, c.SecretKey, ""),
			UsePathStyle: c.PathStyle,
			HTTPClient:   awshttp.NewBuildableClient().WithTimeout(c.Timeout),
			// Not every S3 server knows the newer checksums that the SDK adds on its own.
			RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
			ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
			RetryMaxAttempts:           3,
		}
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
		return s3.New(o)
	}
	public := c.PublicEndpoint
	if public == "" {
		public = c.Endpoint
	}
	return &S3{client: client(c.Endpoint), presign: s3.NewPresignClient(client(public)), bucket: c.Bucket}, nil
}

// Check asks whether the bucket is there and ours.
func (s *S3) Check(ctx context.Context) error {
	_, err := s.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.bucket})
	if err != nil {
		return ErrUnavailable.Because(err)
	}
	return nil
}

// EnsureBucket makes the bucket when it is not there.
func (s *S3) EnsureBucket(ctx context.Context) error {
	if s.Check(ctx) == nil {
		return nil
	}
	_, err := s.client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &s.bucket})
	var owned *types.BucketAlreadyOwnedByYou
	if err != nil && !errors.As(err, &owned) {
		return ErrUnavailable.Because(err)
	}
	return nil
}

func (s *S3) Put(ctx context.Context, key, contentType string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	body, err := spool(contentType, r, size)
	if err != nil {
		return err
	}
	defer body.close()
	_, err = s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &s.bucket, Key: &key, Body: body, ContentLength: &size, ContentType: &body.contentType,
	})
	return s.fault(err)
}

func (s *S3) Open(ctx context.Context, key string) (io.ReadCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return nil, Info{}, s.fault(err)
	}
	return out.Body, Info{
		ContentType: aws.ToString(out.ContentType),
		Size:        aws.ToInt64(out.ContentLength),
		ModifiedAt:  aws.ToTime(out.LastModified),
	}, nil
}

func (s *S3) Exists(ctx context.Context, key string) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	_, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key})
	if err = s.fault(err); errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key})
	if err = s.fault(err); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (s *S3) List(ctx context.Context, prefix string, fn func(string, int64) error) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: aws.String(prefix + "/")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.fault(err)
		}
		for _, o := range page.Contents {
			if err := fn(aws.ToString(o.Key), aws.ToInt64(o.Size)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *S3) URL(ctx context.Context, key string, ttl time.Duration, filename string) (string, error) {
	if err := errors.Join(checkKey(key), checkTTL(ttl)); err != nil {
		return "", err
	}
	request, err := s.presign.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &s.bucket, Key: &key, ResponseContentDisposition: aws.String(disposition(filename)),
	}, s3.WithPresignExpires(ttl))
	if err != nil {
		return "", fmt.Errorf("sign the address of %s: %w", key, err)
	}
	return request.URL, nil
}

func (s *S3) fault(err error) error {
	if err == nil {
		return nil
	}
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusNotFound {
		var noBucket *types.NoSuchBucket
		if errors.As(err, &noBucket) {
			return ErrUnavailable.Because(err)
		}
		return ErrNotFound.Because(err)
	}
	return ErrUnavailable.Because(err)
}
