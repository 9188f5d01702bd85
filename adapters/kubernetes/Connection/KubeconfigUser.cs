using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.KubeConfigModels;

namespace Ebb.Kubernetes.Connection;

/// <summary>The user entry of a kubeconfig.</summary>
internal static class KubeconfigUser
{
    /// <summary>
    /// Sets the credentials. As in kubectl a token's file wins over the token beside it; of token, password and plugin
    /// only one may be there, since kubectl's order among them is not documented.
    /// </summary>
    public static void Apply(
        KubeconfigEntry<UserCredentials> user,
        KubeconfigEntry<ClusterEndpoint> cluster,
        KubernetesClientConfiguration configuration,
        TimeProvider time
    )
    {
        var credentials = user.Value;
        var file = user.Text("tokenFile");
        var token = string.IsNullOrEmpty(credentials.Token) ? null : credentials.Token;
        bool[] ways =
        [
            token is not null || file is not null,
            !string.IsNullOrEmpty(credentials.UserName),
            credentials.ExternalExecution is not null,
        ];
        if (ways.Count(way => way) > 1)
            user.Report("", "one of token, username or exec", "several");
        if (credentials.AuthProvider is not null)
            user.Report(
                "auth-provider",
                "an exec plugin (auth-provider was taken out of Kubernetes in 1.26)",
                "auth-provider"
            );
        if (token is not null && !RenewableCredential.IsHeaderText(token))
            user.Report("token", "a token", "something that no header can hold");

        (configuration.Username, configuration.Password) = (credentials.UserName, credentials.Password);
        configuration.AccessToken = token;
        if (file is not null)
            configuration.TokenProvider = new TokenFile(user.Resolve(file), time, token);
        if (credentials.ExternalExecution is { } exec && KubeconfigExec.Read(user, exec, cluster) is { } plugin)
            configuration.TokenProvider = new ExecCredential(plugin, time);
    }

    public static X509Certificate2? ReadCertificate(KubeconfigEntry<UserCredentials> user)
    {
        var credentials = user.Value;
        var certificate = user.Pem(
            "client-certificate",
            credentials.ClientCertificateData,
            credentials.ClientCertificate
        );
        var key = user.Pem("client-key", credentials.ClientKeyData, credentials.ClientKey);
        if (certificate is null && key is null)
            return null;
        if (certificate is null || key is null)
        {
            user.Report(
                certificate is null ? "client-certificate" : "client-key",
                "the certificate and its key together",
                "only one of them"
            );
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException)
        {
            user.Report(
                "client-certificate",
                "a certificate and its unencrypted key in PEM form",
                "something that cannot be read, or a key of another certificate"
            );
            return null;
        }
    }

    /// <summary>As whom the requests are made; null: as the user itself.</summary>
    public static Impersonation? ReadImpersonation(KubeconfigEntry<UserCredentials> user)
    {
        var (name, uid) = (user.Value.Impersonate, user.Text("as-uid"));
        string[] groups = [.. (user.Value.ImpersonateGroups ?? []).Select(group => group ?? "")];
        var extra = user.TextLists("as-user-extra");
        if (string.IsNullOrEmpty(name))
        {
            if (uid is not null || groups.Length > 0 || extra.Count > 0)
                user.Report("as", "a user, since as-uid, as-groups or as-user-extra is there", "nothing");
            return null;
        }

        string[] values = [name, uid ?? "", .. groups, .. extra.Select(pair => pair.Value)];
        if (!values.All(RenewableCredential.IsHeaderText))
            user.Report("as", "names that a header can hold", "others");
        return new Impersonation(name, uid, groups, extra);
    }
}
