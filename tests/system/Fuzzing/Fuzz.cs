using System.Globalization;
using System.Text;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Fuzzing;

/// <summary>
/// Feeds inputs made from a folder of the corpus, the same every time: no exception escapes, and no input costs more
/// than <see cref="MostCpu"/> and <see cref="MostBytes"/>.
/// </summary>
internal static class Fuzz
{
    /// <summary>EBB_FUZZ gives the number; EBB_LONG=1 makes ten times as many as usual, EBB_LONG=2 a million.</summary>
    public static readonly int Inputs = Environment.GetEnvironmentVariable("EBB_FUZZ") is { Length: > 0 } asked
        ? int.Parse(asked, CultureInfo.InvariantCulture)
        : Environment.GetEnvironmentVariable("EBB_LONG") switch
        {
            "1" => 40_000,
            "2" => 1_000_000,
            _ => 4_000,
        };

    public static readonly TimeSpan MostCpu = TimeSpan.FromMilliseconds(50);
    public const long MostBytes = 64 * 1024 * 1024;
    private const int MostRounds = 5;

    /// <summary>Right inputs of a kind, a file each.</summary>
    public static IReadOnlyList<string> Corpus(string kind)
    {
        var files = Repository.Files(Path.Combine("tests", "system", "Fuzzing", "Corpus", kind), "*");
        IReadOnlyList<string> texts = [.. files.Select(File.ReadAllText)];
        return texts.Count > 0 ? texts : throw new InvalidOperationException($"the corpus has nothing of {kind}");
    }

    /// <param name="kind">The folder of the corpus.</param>
    /// <param name="pieces">What means something in the format, a word each.</param>
    /// <param name="feed">True: the input was taken as right. What it costs is bounded.</param>
    /// <param name="check">What else holds of an input that was taken or not; it may cost what it does.</param>
    public static void Run(string kind, string[] pieces, Func<string, bool> feed, Action<string, bool>? check = null)
    {
        var seeds = Corpus(kind);
        foreach (var seed in seeds)
            Assert.True(feed(seed), $"the corpus of {kind} holds one that is refused: {seed}");
        var inputs = new Mutations(new Random(20261129), seeds, pieces);
        var taken = 0;
        for (var i = 0; i < Inputs; i++)
        {
            // What comes by a socket was decoded from bytes.
            var input = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(inputs.Next()));
            try
            {
                var right = false;
                var cost = ThreadCost.Of(() => right = feed(input));
                if (right)
                    taken++;
                if (cost.Cpu > MostCpu || cost.Bytes > MostBytes)
                    cost = ThreadCost.Least(() => feed(input));
                Assert.True(cost.Cpu <= MostCpu && cost.Bytes <= MostBytes, $"it cost {cost}");
                check?.Invoke(input, right);
            }
            catch (Exception problem)
            {
                var bytes = Encoding.UTF8.GetBytes(input);
                throw new InvalidOperationException(
                    $"input {i} of {kind}, {input.Length} characters: {Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 3000)))}",
                    problem
                );
            }
        }
        // Else nothing beyond the first check was reached.
        Assert.InRange(taken, Inputs / 100, Inputs);
    }

    /// <summary>Four times the input costs about four times as much: sixteen would be quadratic.</summary>
    /// <param name="input">An input of a size.</param>
    /// <param name="small">The size, of which four times as much is tried too.</param>
    /// <param name="feed">Reads it.</param>
    public static void IsLinear(Func<int, string> input, int small, Action<string> feed)
    {
        var (one, four) = (input(small), input(4 * small));
        feed(one);
        // A longer run is interrupted more often on a busy machine, which its own clock counts too.
        var (few, many) = (ThreadCost.Least(() => feed(one)), ThreadCost.Least(() => feed(four)));
        for (var round = 0; round < MostRounds && !IsCheap(); round++)
            many = ThreadCost.Least(() => feed(four));
        Assert.True(IsCheap(), $"{small}: {few}, four times as much: {many}");

        bool IsCheap() =>
            many.Bytes <= (8 * few.Bytes) + 1_000_000 && many.Cpu <= (10 * few.Cpu) + TimeSpan.FromMilliseconds(20);
    }
}
