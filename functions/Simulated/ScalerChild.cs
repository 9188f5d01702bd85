using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ebb.Engine.Overrides;

namespace Ebb.Functions.Simulated;

/// <summary>
/// The scaler as a child of this process. It holds the other end of our pipe, on which it is told the time, and ends
/// with it however we
/// end. When it dies it is started again, on other ports, after growing pauses and not for ever.
/// </summary>
internal sealed partial class ScalerChild : IAsyncDisposable
{
    /// <summary>So often it is started again, within <see cref="Calm"/> of running.</summary>
    private const int MostRestarts = 5;
    private const int LinesKept = 20;
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Settings of ours under such names are not its own.
    private static readonly string[] Sections =
    [
        "Grpc__",
        "Http__",
        "Cluster__",
        "State__",
        "Scaler__",
        "Capacity__",
        "ASPNETCORE_",
        "KUBERNETES_",
    ];

    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly TimeProvider _world;
    private readonly Func<double> _speed;
    private readonly ILogger _log;
    private readonly TimeSpan _firstPause;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Queue<string> _said = new();
    private readonly Task _running;
    private Process? _process;
    private (int Grpc, int Http)? _ports;
    private string _trouble = "the scaler is being started";

    /// <param name="program">Its assembly.</param>
    /// <param name="settings">What it is to be set to, beside its ports.</param>
    /// <param name="world">The time that it is to keep.</param>
    /// <param name="speed">How fast that runs.</param>
    /// <param name="log">Where its deaths are told.</param>
    /// <param name="firstPause">After its first death; after each one that follows twice as long. Null: 1 s.</param>
    public ScalerChild(
        string program,
        IReadOnlyDictionary<string, string> settings,
        TimeProvider world,
        Func<double> speed,
        ILogger log,
        TimeSpan? firstPause = null
    )
    {
        (_program, _settings, _world, _speed, _log, _firstPause) = (
            program,
            settings,
            world,
            speed,
            log,
            firstPause ?? TimeSpan.FromSeconds(1)
        );
        _running = Task.Run(RunAsync);
    }

    /// <summary>The process that runs now; null: none.</summary>
    public int? Pid
    {
        get
        {
            lock (_lock)
                return _process?.Id;
        }
    }

    /// <summary>Where it answers gRPC, host and port; null: nowhere.</summary>
    public string? Grpc
    {
        get
        {
            lock (_lock)
                return _ports is var (grpc, _) ? FormattableString.Invariant($"127.0.0.1:{grpc}") : null;
        }
    }

    /// <summary>Where it answers HTTP, or why it does not.</summary>
    public (Uri? Url, string Why) Http
    {
        get
        {
            lock (_lock)
                return _ports is var (_, http)
                    ? (new Uri(FormattableString.Invariant($"http://127.0.0.1:{http}")), "")
                    : (null, _trouble);
        }
    }

    /// <summary>Tells it the time and how fast that runs.</summary>
    public void TellTime()
    {
        lock (_lock)
        {
            if (_process is not { } process)
                return;
            try
            {
                process.StandardInput.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{_world.GetUtcNow():O} {_speed()}")
                );
                process.StandardInput.Flush();
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException or ObjectDisposedException)
            {
                // It is dying; whoever waits for its end starts another one, which is told anew.
            }
        }
    }

    /// <summary>Waits until it answers that it is ready; false: it did not within the time.</summary>
    public async Task<bool> IsReadyWithinAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            Timeout = TimeSpan.FromSeconds(2),
        };
        for (var since = Stopwatch.StartNew(); since.Elapsed < time; await Task.Delay(200, cancellationToken))
        {
            try
            {
                if (
                    Http.Url is { } url
                    && (await http.GetAsync(new Uri(url, "/readyz"), cancellationToken)).IsSuccessStatusCode
                )
                    return true;
            }
            catch (Exception notYet)
                when (notYet is HttpRequestException
                    || (notYet is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                // It is still starting.
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var (restarts, pause) = (0, _firstPause);
        while (!_stop.IsCancellationRequested)
        {
            var since = Stopwatch.StartNew();
            var end = await OnceAsync();
            if (_stop.IsCancellationRequested)
                return;
            if (since.Elapsed >= Calm)
                (restarts, pause) = (0, _firstPause);
            if (++restarts > MostRestarts)
            {
                lock (_lock)
                    _trouble = $"the scaler {end} for the {restarts}th time and is not started again";
                GivenUp(_log, end, restarts);
                return;
            }

            lock (_lock)
                _trouble = $"the scaler {end} and is started again";
            Died(_log, end, pause.TotalSeconds, string.Join(" | ", Said()));
            await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause *= 2;
        }
    }

    private async Task<string> OnceAsync()
    {
        Process? process;
        try
        {
            var (grpc, http) = FreePorts();
            var start = Start(grpc, http);
            process = Process.Start(start);
            if (process is null)
                return "could not be started";
            process.OutputDataReceived += (_, line) => Keep(line.Data);
            process.ErrorDataReceived += (_, line) => Keep(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            lock (_lock)
                (_process, _ports) = (process, (grpc, http));
        }
        catch (Exception failure)
            when (failure is System.ComponentModel.Win32Exception or SocketException or IOException)
        {
            return $"could not be started ({failure.Message})";
        }

        TellTime();
        using (process)
        {
            try
            {
                await process.WaitForExitAsync(_stop.Token);
                return $"ended with {process.ExitCode}";
            }
            catch (OperationCanceledException)
            {
                await LetGoAsync(process);
                return "was ended";
            }
            finally
            {
                lock (_lock)
                    (_process, _ports) = (null, null);
            }
        }
    }

    /// <summary>The end of its input is its end; should it not see that, it is killed.</summary>
    private static async Task LetGoAsync(Process process)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
        }
        catch (Exception stubborn) when (stubborn is OperationCanceledException or IOException)
        {
            if (process.HasExited)
                return;
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private ProcessStartInfo Start(int grpc, int http)
    {
        // The runtime that runs us runs it, wherever that is installed; a program that carries its own has one beside
        // it.
        var host = Path.GetFullPath(
            Path.Combine(
                RuntimeEnvironment.GetRuntimeDirectory(),
                "..",
                "..",
                "..",
                OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"
            )
        );
        var start = File.Exists(host)
            ? new ProcessStartInfo(host, [_program])
            : new ProcessStartInfo(Path.ChangeExtension(_program, OperatingSystem.IsWindows() ? "exe" : null));
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = Path.GetDirectoryName(_program)!;
        foreach (
            var name in start
                .Environment.Keys.Where(name =>
                    Sections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase))
                )
                .ToList()
        )
            start.Environment.Remove(name);
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        start.Environment["Grpc__Url"] = FormattableString.Invariant($"http://127.0.0.1:{grpc}");
        start.Environment["Http__Url"] = FormattableString.Invariant($"http://127.0.0.1:{http}");
        start.Environment["Scaler__FollowInput"] = "true";
        return start;
    }

    private static (int, int) FreePorts()
    {
        using TcpListener one = new(IPAddress.Loopback, 0),
            other = new(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_said)
        {
            if (_said.Count == LinesKept)
                _said.Dequeue();
            _said.Enqueue(line.Length > 500 ? line[..500] : line);
        }
    }

    private List<string> Said()
    {
        lock (_said)
            return [.. _said.TakeLast(3)];
    }

    [LoggerMessage(
        90,
        LogLevel.Warning,
        "the demo's scaler {End}; it is started again in {Pause} s. It said last: {Said}"
    )]
    private static partial void Died(ILogger log, string end, double pause, string said);

    [LoggerMessage(91, LogLevel.Error, "the demo's scaler {End}, {Times} times by now: it is not started again")]
    private static partial void GivenUp(ILogger log, string end, int times);
}
