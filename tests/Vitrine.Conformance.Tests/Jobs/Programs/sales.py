"""Statistics over a CSV of sales: per region mean, deviation and median, a regression of amount on units, a histogram; JSON and CSV out."""
import csv
import json
import math
import statistics
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor


def describe(item):
    region, amounts = item
    return region, {
        "count": len(amounts),
        "sum": round(math.fsum(amounts), 2),
        "mean": round(statistics.fmean(amounts), 6),
        "stdev": round(statistics.stdev(amounts), 6),
        "median": round(statistics.median(amounts), 6),
    }


def main(source, target):
    by_region, units, amounts = defaultdict(list), [], []
    with open(source, newline="") as file:
        for row in csv.DictReader(file):
            by_region[row["region"]].append(float(row["amount"]))
            units.append(int(row["units"]))
            amounts.append(float(row["amount"]))
    # Processes, as such programs use them: pipes, semaphores in /dev/shm, fork.
    with ProcessPoolExecutor(max_workers=2) as pool:
        regions = dict(pool.map(describe, sorted(by_region.items())))
    slope, intercept = statistics.linear_regression(units, amounts)
    histogram = defaultdict(int)
    for amount in amounts:
        histogram[int(amount // 100) * 100] += 1
    with open(target + "/report.json", "w") as file:
        json.dump({"rows": len(amounts), "regions": regions, "slope": round(slope, 6), "intercept": round(intercept, 6)}, file, indent=2, sort_keys=True)
    with open(target + "/histogram.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["from", "count"])
        writer.writerows(sorted(histogram.items()))
    print("rows", len(amounts))


if __name__ == "__main__":
    main(*sys.argv[1:])
