using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Connection;

/// <summary>How a credential plugin is called (client.authentication.k8s.io).</summary>
/// <param name="Command">A path, or a name to be found in PATH.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Added to the environment of this process.</param>
/// <param name="ApiVersion">The version it must answer in.</param>
/// <param name="Cluster">What it is told of the cluster; null: nothing.</param>
/// <param name="InstallHint">What to tell a person when the command is not there.</param>
internal sealed record ExecPlugin(
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Environment,
    string ApiVersion,
    JsonObject? Cluster,
    string? InstallHint
);

/// <summary>What a plugin prints.</summary>
internal sealed record ExecCredentialAnswer(string? ApiVersion, string? Kind, ExecCredentialStatus? Status);

/// <summary>What it hands out.</summary>
internal sealed record ExecCredentialStatus(
    Instant? ExpirationTimestamp,
    string? Token,
    string? ClientCertificateData,
    string? ClientKeyData
);

/// <summary>
/// Runs a credential plugin, keeps what it gave until it expires, and asks again when the server refuses it. Never interactive.
/// Nothing that it printed appears in a message, since that may be a secret.
/// </summary>
internal sealed class ExecCredential(ExecPlugin plugin, TimeProvider time) : Credential, IDisposable
{
    private const int LongestAnswer = 1 << 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly Duration Early = Duration.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1);
    private ExecCredentialStatus? _kept;
    private X509Certificate2? _certificate;

    public override X509Certificate2? Certificate => _certificate;

    public void Dispose() => _one.Dispose();

    public override async ValueTask<string?> AuthorizationAsync(bool refused, CancellationToken cancellationToken)
    {
        var before = _kept;
        if (!refused && Usable(before))
            return Header(before);
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Of several requests that found it expired, the first one renews it for all.
            if (!ReferenceEquals(_kept, before) && Usable(_kept))
                return Header(_kept);
            var answer = await RunAsync(cancellationToken).ConfigureAwait(false);
            _certificate = CertificateOf(answer) ?? _certificate;
            _kept = answer;
            return Header(answer);
        }
        finally
        {
            _one.Release();
        }
    }

    private bool Usable(ExecCredentialStatus? status) =>
        status is not null && !(status.ExpirationTimestamp - Early <= Instant.FromDateTimeOffset(time.GetUtcNow()));

    private static string? Header(ExecCredentialStatus? status) =>
        string.IsNullOrEmpty(status?.Token) ? null : $"Bearer {status.Token}";

    private X509Certificate2? CertificateOf(ExecCredentialStatus status)
    {
        if (string.IsNullOrEmpty(status.ClientCertificateData))
            return null;
        try
        {
            return X509Certificate2.CreateFromPem(status.ClientCertificateData, status.ClientKeyData);
        }
        catch (CryptographicException)
        {
            throw Fault("gave a client certificate or key that is not PEM");
        }
    }

    private async Task<ExecCredentialStatus> RunAsync(CancellationToken cancellationToken)
    {
        using var process = Start();
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var errors = DrainAsync(process.StandardError, either.Token);
            var answer = await ReadAsync(process.StandardOutput, either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            await errors.ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw Fault($"ended with code {process.ExitCode}");
            return Parse(answer);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fault($"did not answer within {Deadline.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in plugin.Environment)
            start.Environment[name] = value;
        var spec = new JsonObject { ["interactive"] = false };
        if (plugin.Cluster is not null)
            spec["cluster"] = plugin.Cluster.DeepClone();
        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject
        {
            ["apiVersion"] = plugin.ApiVersion,
            ["kind"] = "ExecCredential",
            ["spec"] = spec,
        }.ToJsonString();
        try
        {
            var process = Process.Start(start) ?? throw Fault("did not start");
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception fault)
        {
            var hint = plugin.InstallHint is null ? "" : $": {plugin.InstallHint.Trim()}";
            throw KubernetesException.NoAnswer($"the credential plugin {plugin.Command} cannot be run{hint}", fault);
        }
    }

    private async Task<string> ReadAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            text.Append(buffer, 0, count);
            if (text.Length > LongestAnswer)
                throw Fault("printed more than 1 MiB");
        }

        return text.ToString();
    }

    private static async Task DrainAsync(StreamReader errors, CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        while (await errors.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
            // Read so that the plugin does not stand still on a full pipe; kept out of messages.
        }
    }

    private ExecCredentialStatus Parse(string text)
    {
        ExecCredentialAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(text, KubernetesJson.Default.ExecCredentialAnswer);
        }
        catch (JsonException)
        {
            throw Fault("did not print an ExecCredential as JSON");
        }

        if (answer?.Kind != "ExecCredential" || answer.ApiVersion != plugin.ApiVersion)
            throw Fault($"must answer with an ExecCredential of {plugin.ApiVersion}");
        if (
            answer.Status is not { } status
            || (string.IsNullOrEmpty(status.Token) && string.IsNullOrEmpty(status.ClientCertificateData))
        )
            throw Fault("gave neither a token nor a client certificate");
        if (string.IsNullOrEmpty(status.ClientCertificateData) != string.IsNullOrEmpty(status.ClientKeyData))
            throw Fault("must give a client certificate and its key together");
        return status;
    }

    private KubernetesException Fault(string what) =>
        KubernetesException.NoAnswer($"the credential plugin {plugin.Command} {what}", null);
}
