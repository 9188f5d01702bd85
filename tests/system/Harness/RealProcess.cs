using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Ebb.Tests.Harness;

/// <summary>One of our programs as its own process, as a user starts it.</summary>
internal sealed class RealProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _output = new();

    private RealProcess(Process process, int port)
    {
        Process = process;
        Port = port;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public int Port { get; }

    public HttpClient Http { get; }

    /// <summary>The world that was started for it alone, and ends with it; null: none.</summary>
    public LiveWorld? World { get; private init; }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts <c>functions</c> on a free port and waits until it answers.</summary>
    public static async Task<RealProcess> FunctionsAsync(
        IReadOnlyDictionary<string, string> environment,
        string? key = null
    )
    {
        var port = FreePort.Take();
        var process = Launch(
            "functions",
            "Ebb.Functions",
            new Dictionary<string, string>(environment) { ["Http__Url"] = $"http://127.0.0.1:{port}" },
            port
        );
        await process.UntilAnswersAsync(key is null ? "/api/status" : $"/api/status?code={key}");
        return process;
    }

    /// <summary>
    /// The engine in the world of the demo: the operator, where a published one is given, with the shipped rights; else
    /// functions and
    /// its simulation.
    /// </summary>
    public static async Task<RealProcess> EngineAsync(IReadOnlyDictionary<string, string> environment)
    {
        if (!ShippedProgram.IsGiven("operator"))
            return await FunctionsAsync(environment);
        var world = await LiveWorld.StartAsync(environment);
        var port = FreePort.Take();
        var start = ShippedProgram.Command("operator", "Ebb.Operator");
        foreach (var (name, value) in world.Settings(port))
            start.Environment[name] = value;
        var process = Start(start, world.WithoutSimulation(environment), Path.GetTempPath(), port, world);
        process.Http.DefaultRequestHeaders.Add("x-functions-key", LiveWorld.ControlKey);
        await process.UntilAnswersAsync("/api/status");
        return process;
    }

    /// <summary>
    /// Starts a program of ours; it may end by itself at once. EBB_SCALER and its like name a published executable to
    /// start instead of
    /// what the build made.
    /// </summary>
    public static RealProcess Launch(
        string project,
        string assembly,
        IReadOnlyDictionary<string, string> environment,
        int port = 0
    )
    {
        return Start(ShippedProgram.Command(project, assembly), environment, Path.GetTempPath(), port);
    }

    /// <summary>Starts a command and keeps what it prints.</summary>
    public static RealProcess Start(
        ProcessStartInfo start,
        IReadOnlyDictionary<string, string> environment,
        string folder,
        int port = 0,
        LiveWorld? world = null
    )
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.WorkingDirectory) = (true, true, folder);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new RealProcess(System.Diagnostics.Process.Start(start)!, port) { World = world };
    }

    public async Task<JsonObject> GetAsync(string path) =>
        (await Http.GetFromJsonAsync<JsonObject>(path, TestContext.Current.CancellationToken))!;

    public async Task<JsonObject?> TryGetAsync(string path)
    {
        try
        {
            return await GetAsync(path);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Watches a condition, with a deadline.</summary>
    public Task UntilAsync(Func<Task<bool>> condition, string what) => UntilAsync(condition, () => what);

    /// <param name="condition">What is watched.</param>
    /// <param name="what">What it is, with what keeps it from being so.</param>
    private async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var since = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.False(
                Process.HasExited,
                $"the process ended with {(Process.HasExited ? Process.ExitCode : 0)} before {what()}:\n{Output}"
            );
            Assert.True(since.Elapsed < Patience, $"not within {Patience.TotalSeconds:0} s: {what()}\n{Output}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public Task UntilPhaseAsync(string phase) =>
        UntilAsync(async () => (string?)(await GetAsync("/api/status"))["phase"] == phase, $"the phase is {phase}");

    /// <summary>
    /// Every workload of the demo and its size, when all of them are awake, as ready as they want to be, and the same
    /// as a moment
    /// before: autoscalers have their say in the world's first seconds. Without the two that a schedule and spare
    /// capacity size through
    /// KEDA, which wake to what is asked of them then.
    /// </summary>
    public async Task<IReadOnlyList<string>> SettledAsync()
    {
        IReadOnlyList<string> last = [];
        var unsettled = "";
        await UntilAsync(
            async () =>
            {
                var items = (await GetAsync("/api/workloads"))["items"]!.AsArray();
                IReadOnlyList<string> now =
                [
                    .. items
                        .Where(i => (string?)i!["name"] is not ("support" or "folding"))
                        .Select(i => $"{i!["kind"]} {i["namespace"]}/{i["name"]} {i["size"]} {i["baseline"]}")
                        .Order(StringComparer.Ordinal),
                ];
                unsettled = string.Join(
                    "; ",
                    items
                        .Where(i =>
                            (string?)i!["state"] != "awake"
                            || ((int?)i["ready"] is { } ready && ready != (int?)i["size"])
                        )
                        .Select(i => i!.ToJsonString())
                );
                var awake = items.Count >= 18 && unsettled.Length == 0;
                var settled =
                    awake && now.SequenceEqual(last) && (string?)(await GetAsync("/api/status"))["phase"] == "normal";
                last = awake ? now : [];
                if (awake && !settled)
                    await Task.Delay(1000, TestContext.Current.CancellationToken);
                return settled;
            },
            () =>
                $"every workload of the demo is awake and stays as it is; not yet: {unsettled}; before: {string.Join(", ", last)}"
        );
        return last;
    }

    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await Process.WaitForExitAsync(deadline.Token);
        return Process.ExitCode;
    }

    private Task UntilAnswersAsync(string path) =>
        UntilAsync(
            async () => (await TryGetAsync(path))?["cluster"]?["reachable"]?.GetValue<bool>() == true,
            "it answers"
        );

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync(CancellationToken.None);
        }
        Process.Dispose();
        if (World is not null)
            await World.DisposeAsync();
    }
}
