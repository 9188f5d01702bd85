using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ebb.Bench.Scaler;

/// <summary>A server as a process of its own, so that its CPU and memory are its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly int _httpPort;

    /// <param name="start">Its command line.</param>
    /// <param name="port">Where it answers gRPC.</param>
    /// <param name="httpPort">Where it answers /readyz; 0: nowhere.</param>
    public ServerProcess(ProcessStartInfo start, int port, int httpPort = 0)
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

    /// <summary>User and system time, as /proc counts it in hundredths of a second.</summary>
    public TimeSpan Cpu
    {
        get
        {
            var fields = File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ")[1].Split(' ');
            return TimeSpan.FromMilliseconds(10 * (Number(fields[11]) + Number(fields[12])));
        }
    }

    /// <param name="program">The published scaler: an executable, or a .dll for dotnet to run.</param>
    /// <param name="kubeconfig">Its cluster.</param>
    public static ServerProcess Scaler(string program, string kubeconfig)
    {
        var (port, http) = (FreePort(), FreePort());
        var start = program.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [program])
            : new ProcessStartInfo(program);
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["Grpc__Url"] = $"http://127.0.0.1:{port}";
        start.Environment["Http__Url"] = $"http://127.0.0.1:{http}";
        return new ServerProcess(start, port, http);
    }

    /// <summary>Kestrel and nothing else, in a runtime that is set up as the scaler's is.</summary>
    public static ServerProcess Fixed(bool reads)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(ServerProcess).Assembly.Location, "fixed", $"{port}", reads ? "reads" : "blind"]
        );
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        start.Environment["DOTNET_GCgen0size"] = "400000";
        return new ServerProcess(start, port);
    }

    public async Task ReadyAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            if (since.Elapsed > StartTimeout || _process.HasExited)
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

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private long Memory(string what) =>
        Number(
            File.ReadAllLines($"/proc/{_process.Id}/status")
                .First(line => line.StartsWith(what, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
        ) / 1024;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
