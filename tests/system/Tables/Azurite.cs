using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Tables;

/// <summary>The real counterpart: Azurite's table service, from npm, in memory, on a port of its own.</summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private Azurite(Process process, int port, string scheme) => (_process, Port, Scheme) = (process, port, scheme);

    public int Port { get; }

    private string Scheme { get; }

    public string Endpoint => $"{Scheme}://127.0.0.1:{Port}/{Account}";

    public string Connection => $"AccountName={Account};AccountKey={Key};TableEndpoint={Endpoint}";

    private static string Script =>
        Path.Combine(Repository.Root, "tests/system/Tables/azurite/node_modules/azurite/dist/src/table/main.js");

    public static bool IsThere => File.Exists(Script);

    /// <summary>The end of the test with the reason, where Azurite is missing.</summary>
    public static void Need()
    {
        if (!IsThere && Counterpart.Required)
            Assert.Fail($"{Script} is missing (npm ci in tests/system/Tables/azurite), and EBB_REQUIRE_COUNTERPARTS=1");
        Assert.SkipUnless(IsThere, "Azurite is not installed (npm ci in tests/system/Tables/azurite)");
    }

    public static async Task<Azurite> StartAsync(params string[] more)
    {
        Need();
        var node = Counterpart.Need("node", "nodejs");
        var port = FreePort.Take();
        var start = new ProcessStartInfo(
            node,
            [
                Script,
                "--inMemoryPersistence",
                "--disableTelemetry",
                "--skipApiVersionCheck",
                "--tableHost",
                "127.0.0.1",
                "--tablePort",
                $"{port}",
                "--silent",
                .. more,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var azurite = new Azurite(process, port, more.Contains("--cert") ? "https" : "http");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (!await AnswersAsync(port, deadline.Token))
        {
            Assert.False(process.HasExited, "Azurite ended");
            await Task.Delay(50, deadline.Token);
        }
        return azurite;
    }

    /// <summary>As a power cut would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
