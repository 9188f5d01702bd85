using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s.KubeConfigModels;

namespace Ebb.Kubernetes.Connection;

/// <summary>
/// A credential plugin (client.authentication.k8s.io), never interactive. The library's own call of one names another
/// kind in the document that the plugin reads, joins its arguments with blanks and leaves it running after a time-out.
/// Nothing that a plugin printed appears in a message, since that may be a secret.
/// </summary>
/// <param name="Command">A path, or a name to be found in PATH.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Added to the environment of this process.</param>
/// <param name="ApiVersion">The version it must answer in.</param>
/// <param name="Cluster">What it is told of the cluster; null: nothing.</param>
/// <param name="InstallHint">What to tell a person when the command is missing.</param>
internal sealed record ExecPlugin(
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Environment,
    string ApiVersion,
    JsonObject? Cluster,
    string? InstallHint
)
{
    private const int MostCharacters = 1 << 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Runs it once.</summary>
    /// <param name="time">Measures the deadline of 30 s.</param>
    /// <exception cref="KubernetesException">
    /// It cannot be run, failed, did not answer in time, or answered something else.
    /// </exception>
    public async Task<ExecCredentialResponse.ExecStatus> RunAsync(TimeProvider time)
    {
        using var process = Start();
        using var deadline = new CancellationTokenSource(Deadline, time);
        var errors = DrainAsync(process.StandardError, deadline.Token);
        try
        {
            var answer = await ReadAsync(process.StandardOutput, deadline.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw Fault($"ended with code {process.ExitCode}");
            return Parse(answer);
        }
        catch (OperationCanceledException)
        {
            throw Fault($"did not answer within {Deadline.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            // A process that the plugin left behind may hold this pipe open for ever.
            await deadline.CancelAsync().ConfigureAwait(false);
            await errors.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public KubernetesException Fault(string what) =>
        KubernetesException.NoAnswer($"the credential plugin {Command} {what}", null);

    private Process Start()
    {
        var start = new ProcessStartInfo(Command, Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        var spec = new JsonObject { ["interactive"] = false };
        if (Cluster is not null)
            spec["cluster"] = Cluster.DeepClone();
        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject
        {
            ["apiVersion"] = ApiVersion,
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
            var hint = InstallHint is null ? "" : $": {InstallHint.Trim()}";
            throw KubernetesException.NoAnswer($"the credential plugin {Command} cannot be run{hint}", fault);
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
            if (text.Length > MostCharacters)
                throw Fault("printed more than 1 MiB");
        }

        return text.ToString();
    }

    private static async Task DrainAsync(StreamReader errors, CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        while (await errors.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
            // Read so that the plugin does not block on a full pipe.
        }
    }

    private ExecCredentialResponse.ExecStatus Parse(string text)
    {
        ExecCredentialResponse? answer;
        try
        {
            answer = JsonSerializer.Deserialize(text, ExecCredentialJson.Default.ExecCredentialResponse);
        }
        catch (JsonException)
        {
            throw Fault("did not print an ExecCredential as JSON");
        }

        if (answer?.Kind != "ExecCredential" || answer.ApiVersion != ApiVersion)
            throw Fault($"must answer with an ExecCredential of {ApiVersion}");
        if (answer.Status is not { } status)
            throw Fault("gave neither a token nor a client certificate");
        if (string.IsNullOrEmpty(status.ClientCertificateData) != string.IsNullOrEmpty(status.ClientKeyData))
            throw Fault("must give a client certificate and its key together");
        return status.IsValid() ? status : throw Fault("gave neither a token nor a client certificate");
    }
}

/// <summary>How the answer of a plugin is parsed.</summary>
[JsonSerializable(typeof(ExecCredentialResponse))]
internal sealed partial class ExecCredentialJson : JsonSerializerContext;
