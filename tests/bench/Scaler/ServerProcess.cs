using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ebb.Bench.Scaler;

/// <summary>A server as its own process, so that its CPU and memory are its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly int _httpPort;

    private ServerProcess(ProcessStartInfo start, int port, int httpPort)
    {
        start.RedirectStandardOutput = true;
        (Port, _httpPort) = (port, httpPort);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
    }

    public int Port { get; }

    public long ResidentMiB => Memory("VmRSS");

    public long PeakMiB => Memory("VmHWM");

    /// <summary>User and system time, as /proc counts it in hundredths.</summary>
    public TimeSpan Cpu
    {
        get
        {
            var fields = File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ")[1].Split(' ');
            return TimeSpan.FromMilliseconds(
                10
                    * (
                        long.Parse(fields[11], CultureInfo.InvariantCulture)
                        + long.Parse(fields[12], CultureInfo.InvariantCulture)
                    )
            );
        }
    }

    public static ServerProcess Scaler(string path, string kubeconfig)
    {
        var (port, http) = (FreePort(), FreePort());
        var start = new ProcessStartInfo("dotnet", [path]);
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["Grpc__Url"] = $"http://127.0.0.1:{port}";
        start.Environment["Http__Url"] = $"http://127.0.0.1:{http}";
        return new ServerProcess(start, port, http);
    }

    /// <summary>Kestrel and nothing else, in a runtime that is set as the scaler's is.</summary>
    public static ServerProcess Fixed(string scaler, bool reads) =>
        FreePort() is var port
            ? new(
                new ProcessStartInfo(
                    "dotnet",
                    [
                        "exec",
                        "--runtimeconfig",
                        Path.ChangeExtension(scaler, ".runtimeconfig.json"),
                        typeof(ServerProcess).Assembly.Location,
                        "fixed",
                        port.ToString(CultureInfo.InvariantCulture),
                        reads ? "reads" : "blind",
                    ]
                ),
                port,
                0
            )
            : throw new UnreachableException();

    public static ServerProcess GrpcJs(string script, string proto) =>
        FreePort() is var port
            ? new(new ProcessStartInfo("node", [script, port.ToString(CultureInfo.InvariantCulture), proto]), port, 0)
            : throw new UnreachableException();

    public async Task ReadyAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            if (since.Elapsed > TimeSpan.FromMinutes(3) || _process.HasExited)
                throw new InvalidOperationException("the server does not become ready");
            try
            {
                if (_httpPort == 0)
                {
                    using var socket = new TcpClient();
                    await socket.ConnectAsync(IPAddress.Loopback, Port);
                    return;
                }

                if ((await http.GetAsync($"http://127.0.0.1:{_httpPort}/readyz")).IsSuccessStatusCode)
                    return;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or SocketException or TaskCanceledException)
            {
                // It is still starting.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private long Memory(string what) =>
        long.Parse(
            File.ReadAllLines($"/proc/{_process.Id}/status")
                .First(line => line.StartsWith(what, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
