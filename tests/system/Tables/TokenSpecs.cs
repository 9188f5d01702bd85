using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Ebb.Core.Ports;
using Ebb.Tables;
using NodaTime;

namespace Ebb.Tests.Tables;

/// <summary>Tokens of an identity, over TLS, as Azurite checks them (issuer, audience, times).</summary>
public sealed class TokenSpecs
{
    [Fact]
    public async Task A_token_opens_the_table_and_an_expired_one_does_not()
    {
        var folder = Directory.CreateTempSubdirectory("ebb-azurite-");
        try
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest(
                "CN=127.0.0.1",
                key,
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            );
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var certificate = request.CreateSelfSigned(
                DateTimeOffset.UtcNow.AddDays(-1),
                DateTimeOffset.UtcNow.AddDays(1)
            );
            var (certFile, keyFile) = (
                Path.Combine(folder.FullName, "cert.pem"),
                Path.Combine(folder.FullName, "key.pem")
            );
            await File.WriteAllTextAsync(certFile, certificate.ExportCertificatePem(), Stop);
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Stop);
            await using var azurite = await Azurite.StartAsync(
                "--oauth",
                "basic",
                "--cert",
                certFile,
                "--key",
                keyFile
            );

            var store = Open(azurite, certificate, new Identity(TimeSpan.FromHours(1)));
            var entry = new ArchiveEntry(ArchiveKind.Journal, Instant.FromUtc(2026, 1, 1, 0, 0), "k", "1");
            await store.AppendAsync([entry], Stop);
            Assert.Equal([entry], (await store.PageAsync(ArchiveKind.Journal, null, 10, Stop)).Entries);

            var late = Open(azurite, certificate, new Identity(TimeSpan.FromHours(-1)));
            var fault = await Assert.ThrowsAsync<ArchiveException>(() =>
                late.PageAsync(ArchiveKind.Journal, null, 10, Stop)
            );
            Assert.DoesNotContain("eyJ", fault.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static TableArchive Open(Azurite azurite, X509Certificate2 trusted, TokenCredential identity)
    {
        var thumbprint = trusted.Thumbprint;
        var transport = new HttpClientTransport(
            new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == thumbprint,
            }
        );
        return new TableArchive(TableAddress.FromEndpoint(azurite.Endpoint, () => identity).Address!, "ebb", transport);
    }

    private sealed class Identity(TimeSpan lasts) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal("https://storage.azure.com/.default", Assert.Single(requestContext.Scopes));
            var now = DateTimeOffset.UtcNow;
            var claims = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"aud":"https://storage.azure.com","iss":"https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/","nbf":{{now.AddHours(-2).ToUnixTimeSeconds()}},"iat":{{now.AddHours(-2).ToUnixTimeSeconds()}},"exp":{{(now + lasts).ToUnixTimeSeconds()}}}"""
            );
            return new AccessToken(
                $"{Part("""{"alg":"none","typ":"JWT"}""")}.{Part(claims)}.{Part("signature")}",
                now.AddHours(1)
            );
        }

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext,
            CancellationToken cancellationToken
        ) => new(GetToken(requestContext, cancellationToken));

        private static string Part(string text) =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
