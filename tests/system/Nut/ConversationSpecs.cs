using System.Net.Sockets;
using System.Text;
using Ebb.Simulation.Ups;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Nut;

/// <summary>
/// A conversation with upsd 2.8.0 of Debian 12, recorded line by line: "#" opens another connection, "&gt;" is a
/// request,
/// "&lt;" a line of the answer to the requests before it.
/// </summary>
public sealed class ConversationSpecs
{
    private const string Manufacturer = "Acme \"Power\" \\ Ltd #7";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task The_simulated_UPS_says_what_upsd_said()
    {
        await using var ups = await SimulatedUps.StartAsync(
            0,
            TimeProvider.System,
            new()
            {
                Description = "Rack UPS \"A\" \\ main #1",
                Users =
                [
                    new("admin", "adminpw")
                    {
                        MaySet = true,
                        MayForceShutdown = true,
                        MayCommand = true,
                    },
                    new("primary", "primarypw") { IsPrimary = true },
                    new("guest", "guestpw") { IsSecondary = true },
                    new("nobody", "nopw"),
                ],
            }
        );
        ups.SetVariable("ups.mfr", Manufacturer);
        // There is one UPS in the simulation, and no other that was never started.
        await CompareAsync(ups.Port, request => !request.Contains("dead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_upsd_of_this_machine_still_says_it()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await upsd.SetAsync("ups.mfr", Manufacturer);
        await CompareAsync(upsd.Port, _ => true);
    }

    private static async Task CompareAsync(int port, Func<string, bool> isAsked)
    {
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(Repository.Recordings, "upsd", "conversation.txt"),
            TestContext.Current.CancellationToken
        );
        TcpClient? client = null;
        StreamReader? reader = null;
        try
        {
            for (var i = 0; i < lines.Length; )
            {
                if (lines[i][0] == '#')
                {
                    client?.Dispose();
                    client = new TcpClient();
                    await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
                    reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                    i++;
                    continue;
                }
                var requests = Run(lines, ref i, '>');
                var answers = Run(lines, ref i, '<');
                if (!requests.All(isAsked))
                    continue;
                await client!
                    .GetStream()
                    .WriteAsync(
                        Encoding.Latin1.GetBytes(string.Concat(requests.Select(request => request + "\n"))),
                        TestContext.Current.CancellationToken
                    );
                foreach (var answer in answers)
                {
                    using var patience = new CancellationTokenSource(Patience);
                    var said = await reader!.ReadLineAsync(patience.Token);
                    Assert.True(answer == said, $"asked {requests[0]}: recorded {answer}, found {said}");
                }
            }
        }
        finally
        {
            client?.Dispose();
        }
    }

    /// <summary>The lines from here on that begin with a mark, without it and the blank after it.</summary>
    private static List<string> Run(string[] lines, ref int at, char mark)
    {
        List<string> run = [];
        for (; at < lines.Length && lines[at][0] == mark; at++)
            run.Add(lines[at][2..]);
        return run;
    }
}
