using Ebb.Tests.Api;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Fuzzing;

/// <summary>Bodies of every route, over a socket: nothing fails here, and the process answers afterwards.</summary>
public sealed class BodyFuzzSpecs(BodySpecs.Rig rig) : IClassFixture<BodySpecs.Rig>
{
    private static readonly string[] Pieces =
    [
        "null",
        "1e999",
        "\"\\ud800\"",
        "\\u000d\\u000a\\u001b",
        "[",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\"for\":",
        "\"until\":\"9999-12-31T23:59:59Z\"",
        "\"PT99999999H\"",
        "\"replicas\":-1",
        "\"asleep\":",
        "\"freeze\":true",
    ];

    private static readonly (string? Type, bool Chunked)[] Ways =
    [
        ("application/json", false),
        ("application/json", true),
        ("application/yaml", true),
        ("text/plain", true),
        (null, false),
    ];

    private const int AtOnce = 8;

    [LongFact]
    public async Task Bodies_of_every_route()
    {
        var random = new Random(20261129);
        var inputs = new Mutations(random, [.. Fuzz.Corpus("body"), .. Fuzz.Corpus("json")], Pieces);
        var routes = GarbageSpecs.Routes.Where(route => route.Method is not "GET").ToArray();
        // A request takes some hundred times as long as reading its body, and waits most of that time.
        await Parallel.ForEachAsync(
            Requests(Fuzz.Inputs < 1_000_000 ? Fuzz.Inputs / 4 : Fuzz.Inputs),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = AtOnce,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (one, _) =>
            {
                var status = await rig.SendAsync(one.Method, one.Address, one.Type, one.Chunked, one.Text);
                Assert.True(
                    status < 500,
                    $"input {one.Number}: {status}: {one.Method} {one.Address} {one.Type} {one.Text}"
                );
            }
        );

        // They are taken one after another, so that they are the same every time.
        IEnumerable<(int Number, string Method, string Address, string? Type, bool Chunked, string Text)> Requests(
            int count
        )
        {
            for (var i = 0; i < count; i++)
            {
                var (method, _, address) = routes[random.Next(routes.Length)];
                var (type, chunked) = Ways[random.Next(3) == 0 ? random.Next(Ways.Length) : 0];
                yield return (i, method, address, type, chunked, inputs.Next());
            }
        }
    }
}
